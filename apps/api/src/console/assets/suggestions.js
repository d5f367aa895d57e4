import { getJson } from './api.js';
import { element } from './dom.js';

const pauseMs = 180;
const minLength = 2;
/** A longer text that nothing completes is not completed by typing on. */
const conclusiveLength = 8;
const maxSuggestions = 8;

/** Suggests titles and people while the viewer types (ARIA's combobox with a list box). */
export class Suggestions {
  constructor({ input, list, note, onChoose }) {
    this.input = input;
    this.list = list;
    this.note = note;
    this.onChoose = onChoose;
    this.answers = new Map();
    this.shown = [];
    this.active = -1;
    this.pausedUntilMs = 0;
    input.addEventListener('input', () => this.schedule());
    input.addEventListener('keydown', (event) => this.onKey(event));
    input.addEventListener('blur', () => this.close());
    // The input keeps the focus.
    list.addEventListener('pointerdown', (event) => event.preventDefault());
    list.addEventListener('click', (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.choose([...list.children].indexOf(option));
    });
  }

  /** Hides the list, and drops the request that is under way. */
  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.show([]);
    this.note.textContent = '';
  }

  schedule() {
    clearTimeout(this.timer);
    this.request?.abort();
    const prefix = this.input.value.trimStart();
    if (prefix.trim().length < minLength) return this.close();
    const known = this.answers.get(prefix);
    if (known) return this.show(known);
    this.timer = setTimeout(() => void this.load(prefix), pauseMs);
  }

  async load(prefix) {
    if (Date.now() < this.pausedUntilMs || this.isHopeless(prefix)) return this.show([]);
    const request = new AbortController();
    this.request = request;
    try {
      const fields = new URLSearchParams({ prefix, limit: maxSuggestions });
      const { results } = await getJson(`/v1/search/suggestions?${fields}`, { signal: request.signal });
      this.answers.set(prefix, results);
      this.show(results);
      this.note.textContent =
        results.length > 0 ? `${results.length} suggestion${results.length === 1 ? '' : 's'}` : '';
    } catch (error) {
      if (request.signal.aborted) return;
      this.show([]);
      this.note.textContent = this.explain(error);
    }
  }

  isHopeless(prefix) {
    return [...this.answers].some(
      ([earlier, results]) =>
        results.length === 0 && earlier.length >= conclusiveLength && prefix.startsWith(earlier),
    );
  }

  explain(error) {
    if (!(error.retryAfterSeconds > 0)) return `There are no suggestions at the moment: ${error.message}`;
    this.pausedUntilMs = Date.now() + 1_000 * error.retryAfterSeconds;
    return `Suggestions pause for ${error.retryAfterSeconds} s${error.status === 429 ? ', to stay within the rate limit' : ''}.`;
  }

  show(results) {
    this.shown = results;
    this.list.replaceChildren(...results.map(toOption));
    this.list.hidden = results.length === 0;
    this.input.setAttribute('aria-expanded', results.length > 0);
    this.activate(-1);
  }

  activate(index) {
    this.list.children[this.active]?.setAttribute('aria-selected', false);
    this.active = index;
    const option = this.list.children[index];
    if (!option) return this.input.removeAttribute('aria-activedescendant');
    option.setAttribute('aria-selected', true);
    option.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', option.id);
  }

  onKey(event) {
    if (event.isComposing) return;
    const count = this.shown.length;
    const handlers = {
      ArrowDown: () => this.activate(this.active + 1 < count ? this.active + 1 : -1),
      ArrowUp: () => this.activate(this.active === -1 ? count - 1 : this.active - 1),
      Escape: () => this.close(),
      ...(this.active >= 0 && { Enter: () => this.choose(this.active) }),
    };
    const handler = count > 0 && handlers[event.key];
    if (!handler) return;
    event.preventDefault();
    handler();
  }

  choose(index) {
    const { text } = this.shown[index];
    this.input.value = text;
    this.close();
    this.onChoose(text);
  }
}

const toOption = ({ kind, text, year }, index) =>
  element(
    'li',
    { id: `suggestion-${index}`, role: 'option', 'aria-selected': false },
    element('span', {}, text),
    ' ',
    element('span', { class: 'hint' }, kind === 'title' ? (year ?? 'movie') : 'person'),
  );
