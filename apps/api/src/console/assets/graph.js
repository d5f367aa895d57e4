import { svgElement as svg } from './dom.js';

const [boxWidth, boxHeight, gapX, gapY] = [150, 28, 60, 12];

/** Draws the steps in columns, each step to the right of all its inputs. */
export function drawGraph(steps) {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const columns = new Map();
  const columnOf = (name) => {
    if (!byName.has(name)) return -1;
    if (!columns.has(name)) columns.set(name, 1 + Math.max(-1, ...byName.get(name).inputs.map(columnOf)));
    return columns.get(name);
  };
  const rows = [];
  const positions = new Map();
  for (const { name } of steps) {
    const column = columnOf(name);
    rows[column] = (rows[column] ?? 0) + 1;
    positions.set(name, {
      x: column * (boxWidth + gapX) + 4,
      y: (rows[column] - 1) * (boxHeight + gapY) + 4,
    });
  }
  const edges = steps.flatMap(({ name, inputs }) =>
    inputs.flatMap((input) => {
      const [from, to] = [positions.get(input), positions.get(name)];
      if (!from) return [];
      const [x1, y1, x2, y2] = [from.x + boxWidth, from.y + boxHeight / 2, to.x, to.y + boxHeight / 2];
      return [svg('path', { d: `M${x1} ${y1} C${x1 + gapX / 2} ${y1} ${x2 - gapX / 2} ${y2} ${x2} ${y2}` })];
    }),
  );
  const boxes = steps.map(({ name, description, optional }) => {
    const { x, y } = positions.get(name);
    return svg(
      'g',
      {},
      svg('title', {}, `${name}: ${description}`),
      svg('rect', {
        x,
        y,
        width: boxWidth,
        height: boxHeight,
        rx: 5,
        ...(optional ? { 'stroke-dasharray': '4 3' } : {}),
      }),
      svg('text', { x: x + 8, y: y + 18 }, name),
    );
  });
  const width = rows.length * (boxWidth + gapX);
  const height = Math.max(...rows) * (boxHeight + gapY) + 8;
  const label = `${steps.length} steps: ${steps.map(({ name, inputs }) => `${name} after ${inputs.join(' and ')}`).join('; ')}`;
  return svg(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label },
    ...edges,
    ...boxes,
  );
}
