/** Creates an element with attributes and children. Strings become text nodes, never HTML; `false` and null are skipped. */
export function element(name, attributes = {}, ...children) {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, value);
  created.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return created;
}

/** Creates an SVG element. */
export function svgElement(name, attributes = {}, ...children) {
  const created = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, value);
  created.append(...children);
  return created;
}

/** Creates a button that runs `onClick`. */
export function button(attributes, onClick, ...children) {
  const created = element('button', { type: 'button', ...attributes }, ...children);
  created.addEventListener('click', onClick);
  return created;
}

/** Creates text for screen readers only. */
export const visuallyHidden = (text) => element('span', { class: 'visually-hidden' }, text);

/** Creates a bar of this share of the available width. */
export function bar(share) {
  const created = element('span', { class: 'bar', 'aria-hidden': 'true' });
  created.style.inlineSize = `${Math.max(1, Math.min(100, 100 * share))}%`;
  return created;
}

export const byId = (id) => document.getElementById(id);

/** Replaces the target's content with what `load` returns, or with the error message. */
export async function renderInto(target, load) {
  try {
    target.replaceChildren(...[await load()].flat());
  } catch (error) {
    target.replaceChildren(element('p', { class: 'bad' }, error.message));
  }
}

/** Creates a definition list and leaves out entries without a value. */
export function definitions(entries) {
  const list = element('dl');
  for (const [term, value] of entries) {
    if (value === null || value === undefined || value === '') continue;
    list.append(element('dt', {}, term), element('dd', {}, String(value)));
  }
  return list;
}

/** Shows the response's Cache-Status field. */
export const cacheStatus = (response) =>
  element('p', { class: 'hint' }, response.headers.get('cache-status') ?? '');
