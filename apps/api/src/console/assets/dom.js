/** An element with attributes and children; texts are never taken for HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Shows what came of it, or why nothing did. */
export async function show(target, work) {
  try {
    target.replaceChildren(...[await work()].flat());
  } catch (error) {
    target.replaceChildren(element('p', { class: 'bad' }, error.message));
  }
}

/** Terms and what they are, without those that are empty. */
export function definitions(entries) {
  const list = element('dl');
  for (const [term, value] of entries) {
    if (value === null || value === undefined || value === '') continue;
    list.append(element('dt', {}, term), element('dd', {}, String(value)));
  }
  return list;
}

/** How a response was had, as its Cache-Status says. */
export const source = (response) =>
  element('p', { class: 'hint' }, response.headers.get('cache-status') ?? '');
