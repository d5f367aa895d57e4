import uPlot from './uplot.js';
import { byId, element } from './dom.js';

/** Readings that a chart shows. */
const maxPoints = 150;
const palette = {
  light: ['#9a2a1f', '#1f5f9a', '#1d6b3a', '#7a4fa0'],
  dark: ['#f2a33a', '#6fb7ff', '#7bd19a', '#cfa2ff'],
};

const dark = matchMedia('(prefers-color-scheme: dark)');

/** A live line chart in a figure, with its latest values as text for those who do not see lines. */
export class Chart {
  constructor(title, unit, names, digits = 1) {
    this.names = names;
    this.unit = unit;
    this.digits = digits;
    this.data = [[], ...names.map(() => [])];
    this.host = element('div', { class: 'chart', 'aria-hidden': 'true' });
    this.text = element('p', { class: 'hint' });
    byId('charts').append(element('figure', {}, element('figcaption', {}, title), this.host, this.text));
    this.draw();
    dark.addEventListener('change', () => this.draw());
    new ResizeObserver(() => this.plot.setSize(this.size)).observe(this.host);
  }

  get size() {
    return { width: Math.max(200, this.host.clientWidth), height: 160 };
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
          y: { range: (_, least, most) => [Math.min(0, least ?? 0), (most ?? 0) > 0 ? most * 1.1 : 1] },
        },
        axes: [axis, { ...axis, size: 56 }],
        series: [
          {},
          ...this.names.map((label, index) => ({ label, stroke: colors[index], width: 2, spanGaps: true })),
        ],
      },
      this.data,
      this.host,
    );
  }

  add(atMs, values) {
    this.data[0].push(atMs / 1000);
    values.forEach((value, index) => this.data[index + 1].push(value));
    if (this.data[0].length > maxPoints) for (const column of this.data) column.shift();
    this.plot.setData(this.data);
    this.text.textContent = this.names
      .map((name, index) => `${name} ${this.render(values[index])}`)
      .join(' · ');
  }

  render(value) {
    if (value === null || value === undefined || Number.isNaN(value)) return '–';
    return `${value.toFixed(this.digits)}${this.unit}`;
  }
}
