import { button, element } from './dom.js';

const groups = [
  { facet: 'genres', title: 'Genre' },
  { facet: 'decades', title: 'Decade' },
  { facet: 'certification', title: 'Rated' },
];

/**
 * Shows facets as toggle buttons that filter. A value that filters stays visible even if nothing has it.
 *
 * @param chosen the values that filter now, by facet
 * @param onToggle called with the facet and the value of the pressed button
 */
export function renderFacets(target, { facets, chosen, total, onToggle }) {
  const focusedKey = target.contains(document.activeElement) && document.activeElement.dataset.key;
  target.replaceChildren(
    ...groups.flatMap(({ facet, title }) => {
      const values = valuesOf(facets[facet] ?? [], chosen[facet], total);
      if (values.length === 0) return [];
      const id = `facet-${facet}`;
      return element(
        'div',
        { role: 'group', 'aria-labelledby': id },
        element('h3', { id }, title),
        element(
          'div',
          { class: 'chips' },
          ...values.map((value) => toggle(facet, value, () => onToggle(facet, value.value))),
        ),
      );
    }),
  );
  target.closest('details').hidden = target.childElementCount === 0;
  if (focusedKey) target.querySelector(`[data-key="${CSS.escape(focusedKey)}"]`)?.focus();
}

/** Leaves out values that all the movies have: they would filter nothing. */
function valuesOf(counted, chosen, total) {
  const missing = chosen.filter((value) => !counted.some((each) => each.value === value));
  return [...counted, ...missing.map((value) => ({ value, count: 0 }))]
    .map(({ value, count }) => ({ value, count, isChosen: chosen.includes(value) }))
    .filter(({ count, isChosen }) => isChosen || count < total);
}

const toggle = (facet, { value, count, isChosen }, onClick) =>
  button(
    { class: 'toggle', 'aria-pressed': isChosen, 'data-key': `${facet}:${value}` },
    onClick,
    value,
    ' ',
    element('span', { class: 'count' }, String(count)),
  );
