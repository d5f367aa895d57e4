import { describe, expect, it } from '@jest/globals';
import { boundaryOf, Calendar } from './calendar.js';

const at = (iso: string): number => Date.parse(iso);

describe(Calendar.name, () => {
  it.each([
    ['minute', '2024-02-29T23:59:00Z', '2024-03-01T00:00:00Z'],
    ['hour', '2024-02-29T23:00:00Z', '2024-03-01T00:00:00Z'],
    ['day', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['week', '2024-02-26T00:00:00Z', '2024-03-04T00:00:00Z'],
    ['month', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
  ] as const)('knows when a %s starts and ends, in UTC', (period, start, end) => {
    const now = at('2024-02-29T23:59:59.999Z');
    expect([0, 1].map((offset) => boundaryOf(period, now, offset))).toEqual([at(start), at(end)]);
    expect(boundaryOf(period, at(start), 0)).toBe(at(start));
    expect(boundaryOf(period, at(end), 0)).toBe(at(end));
  });

  it('passes the boundaries of the neighboring periods too, and new ones when the period ends', () => {
    const calendar = new Calendar({ quota: 10, period: 'month' });
    const months = (...isos: string[]): string => isos.map((iso) => at(`${iso}-01`)).join(' ');
    expect(calendar.argumentsAt(at('2024-12-31T23:59:59Z'))).toEqual([
      '10',
      months('2024-11', '2024-12', '2025-01', '2025-02'),
    ]);
    expect(calendar.argumentsAt(at('2025-01-01'))[1]).toBe(
      months('2024-12', '2025-01', '2025-02', '2025-03'),
    );
  });
});
