import uPlot from './uplot.js';
import { byId, element } from './dom.js';

/** How many samples a chart shows. */
const maxPoints = 150;
const palette = {
  light: ['#9a2a1f', '#1f5f9a', '#1d6b3a', '#7a4fa0'],
  dark: ['#f2a33a', '#6fb7ff', '#7bd19a', '#cfa2ff'],
};

const dark = matchMedia('(prefers-color-scheme: dark)');

/** A live line chart. The latest values also appear as text, for screen readers. */
export class Chart {
  constructor(title, unit, names, digits = 1) {
    this.names = names;
    this.unit = unit;
    this.digits = digits;
    this.data = [[], ...names.map(() => [])];
    this.container = element('div', { class: 'chart', 'aria-hidden': 'true' });
    this.latest = element('p', { class: 'hint' });
    byId('charts').append(
      element('figure', {}, element('figcaption', {}, title), this.container, this.latest),
    );
    this.draw();
    dark.addEventListener('change', () => this.draw());
    new ResizeObserver(() => this.plot.setSize(this.size)).observe(this.container);
  }

  get size() {
    return { width: Math.max(200, this.container.clientWidth), height: 160 };
  }

  draw() {
    this.plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const axis = {
      stroke: style.getPropertyValue('--quiet'),
      grid: { stroke: style.getPropertyValue('--line'), width: 1 },
      ticks: { show: false },
    };
    const colors = palette[dark.matches ? 'dark' : 'light'];
    this.plot = new uPlot(
      {
        ...this.size,
        legend: { show: true, live: false },
        cursor: { show: false },
        scales: {
          y: { range: (_, min, max) => [Math.min(0, min ?? 0), (max ?? 0) > 0 ? max * 1.1 : 1] },
        },
        axes: [axis, { ...axis, size: 56 }],
        series: [
          {},
          ...this.names.map((label, index) => ({ label, stroke: colors[index], width: 2, spanGaps: true })),
        ],
      },
      this.data,
      this.container,
    );
  }

  add(atMs, values) {
    this.data[0].push(atMs / 1000);
    values.forEach((value, index) => this.data[index + 1].push(value));
    if (this.data[0].length > maxPoints) for (const column of this.data) column.shift();
    this.plot.setData(this.data);
    this.latest.textContent = this.names
      .map((name, index) => `${name} ${this.format(values[index])}`)
      .join(' · ');
  }

  format(value) {
    if (value === null || value === undefined || Number.isNaN(value)) return '–';
    return `${value.toFixed(this.digits)}${this.unit}`;
  }
}
