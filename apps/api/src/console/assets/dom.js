/** Creates an element with attributes and children. Strings become text nodes, never HTML. */
export function element(name, attributes = {}, ...children) {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, value);
  created.append(...children.filter((child) => child !== undefined && child !== null));
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
