import { call, getJson } from './api.js';
import { byId } from './dom.js';
import { renderFacets } from './facets.js';
import { answerNotices, failure, nothingFound } from './search-notices.js';
import { exampleButtons, trendingMovies } from './search-start.js';
import { hasFilters, noSearch, readState, requestOf, writeState } from './search-state.js';
import * as view from './search-view.js';
import { Suggestions } from './suggestions.js';

/** The largest page of the API. */
const maxLimit = 50;

/** Searches for what the viewer wants, and keeps the address, the page and the answer in step. */
export class SearchPage {
  constructor() {
    this.state = noSearch;
    this.titles = new Map();
    this.input = byId('search-query');
    this.suggestions = new Suggestions({
      input: this.input,
      list: byId('suggestions'),
      note: byId('suggestions-note'),
      onChoose: (query) => this.search(query),
    });
    byId('search-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.search(this.input.value);
    });
    // On a wide screen there is room for both.
    for (const id of ['filters', 'how']) byId(id).open = matchMedia('(min-width: 60rem)').matches;
    byId('examples').replaceChildren(...this.examples());
    byId('clear-filters').addEventListener('click', () => this.clearFilters());
    byId('load-more').addEventListener('click', () => void this.loadMore());
    addEventListener('popstate', () => {
      const state = readState(location.search);
      if (writeState(state) !== writeState(this.state)) void this.show(state);
    });
  }

  /** Shows what the address asks for. */
  start() {
    void this.show(readState(location.search));
  }

  examples() {
    return exampleButtons((query) => this.search(query));
  }

  /** Searches for other words. */
  search(query) {
    this.suggestions.close();
    const { excluded } = this.state;
    const words = query.trim();
    void this.go(words === '' ? noSearch : { ...noSearch, query: words, excluded });
  }

  /** Shows another state, as a new entry of the history. */
  go(state, options) {
    const address = `${location.pathname}${writeState(state)}#search`;
    if (writeState(state) === writeState(this.state)) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    return this.show(state, options);
  }

  /** Loads and shows what the state asks for. Drops a request that is under way, so that its late answer is not shown. */
  async show(state, { limit } = {}) {
    const isSameSubject = state.query === this.state.query && state.likeId === this.state.likeId;
    this.state = state;
    this.input.value = state.query;
    const signal = this.restart();
    byId('examples').hidden = state.query !== '' || state.likeId !== null;
    view.setHeading(this.headingOf(state));
    view.renderLoading(isSameSubject && byId('search-status').textContent !== '');
    try {
      if (state.query === '' && state.likeId === null) await this.showStart(signal);
      else await this.showAnswer(await this.load(limit === undefined ? {} : { limit }, signal), signal);
    } catch (error) {
      if (!signal.aborted) this.showFailure(error);
    }
  }

  restart() {
    this.request?.abort();
    this.stopRetry?.();
    this.request = new AbortController();
    return this.request.signal;
  }

  async load(page, signal) {
    const request = requestOf(this.state, page);
    const startedMs = performance.now();
    const response = await call(request.method, request.path, request.body, { signal });
    const answer = await response.json();
    for (const { movie } of answer.results) this.titles.set(movie.id, movie.title);
    return { request, response, answer, roundTripMs: performance.now() - startedMs };
  }

  async showStart(signal) {
    const results = await trendingMovies(signal);
    view.clearAnswer();
    if (results.length === 0) byId('search-status').textContent = 'Trending movies appear here in a minute.';
    else view.renderMovies({ results, total: results.length, nextCursor: null }, this.startHandlersOf);
    for (const { movie } of results) this.titles.set(movie.id, movie.title);
  }

  async showAnswer(loaded, signal) {
    const { answer } = loaded;
    const { state } = this;
    if (state.likeId !== null && !this.titles.has(state.likeId)) {
      const { title } = await getJson(`/v1/movies/${String(state.likeId)}`, { signal });
      this.titles.set(state.likeId, title);
      view.setHeading(this.headingOf(state));
    }
    this.nextCursor = answer.nextCursor;
    view.renderMovies(answer, this.handlersOf);
    view.renderPicture(loaded);
    const excluded = state.excluded.map((id) => ({
      id,
      title: this.titles.get(id) ?? `movie ${String(id)}`,
    }));
    view.renderFacts(
      { understanding: answer.understanding, excluded },
      {
        onSearch: (query) => this.search(query),
        onRestore: (id) => void this.go({ ...state, excluded: state.excluded.filter((each) => each !== id) }),
      },
    );
    byId('clear-filters').hidden = !hasFilters(state);
    renderFacets(byId('facets'), {
      facets: answer.facets ?? {},
      chosen: {
        genres: state.genres,
        decades: state.decade === null ? [] : [state.decade],
        certification: state.certifications,
      },
      total: answer.total,
      onToggle: (facet, value) => void this.go(toggled(this.state, facet, value)),
    });
    byId('search-notices').replaceChildren(
      ...answerNotices(answer),
      ...(answer.total === 0
        ? [
            nothingFound({
              hasFilters: hasFilters(state),
              onClearFilters: () => this.clearFilters(),
              examples: this.examples(),
            }),
          ]
        : []),
    );
  }

  headingOf({ query, likeId }) {
    if (likeId !== null) return `Movies like ${this.titles.get(likeId) ?? '…'}`;
    return query === '' ? 'Trending now' : `“${query}”`;
  }

  showFailure(error, retry = () => void this.show(this.state)) {
    const { content, stop } = failure(error, retry);
    this.stopRetry = stop;
    view.clearAnswer();
    byId('search-notices').replaceChildren(content);
  }

  clearFilters() {
    const { query, excluded } = this.state;
    void this.go({ ...noSearch, query, excluded });
  }

  async loadMore() {
    const signal = this.restart();
    const loadMore = byId('load-more');
    loadMore.disabled = true;
    try {
      const { answer } = await this.load({ cursor: this.nextCursor }, signal);
      this.nextCursor = answer.nextCursor;
      view.appendMovies(answer, this.handlersOf);
      byId('load-more-error').replaceChildren();
    } catch (error) {
      if (signal.aborted) return;
      const { content, stop } = failure(error, () => void this.loadMore());
      this.stopRetry = stop;
      byId('load-more-error').replaceChildren(content);
    } finally {
      loadMore.disabled = false;
    }
  }

  /** The actions of a trending movie's card. */
  startHandlersOf = (movie) => ({
    onSimilar: async () => {
      await this.go({ ...noSearch, likeId: movie.id, excluded: this.state.excluded });
      byId('results-title').focus();
    },
  });

  /** The actions of a result's card. */
  handlersOf = (movie) => ({
    ...this.startHandlersOf(movie),
    onExclude: async () => {
      const cards = [...byId('search-results').children];
      const position = cards.findIndex(({ dataset }) => dataset.id === String(movie.id));
      const limit = Math.min(maxLimit, cards.length);
      await this.go({ ...this.state, excluded: [...this.state.excluded, movie.id] }, { limit });
      const next = byId('search-results').children[position] ?? byId('search-results').lastElementChild;
      (next?.querySelector('h3') ?? byId('results-title')).focus();
    },
  });
}

/** Returns the state with a facet's value switched on or off. One decade filters at a time. */
function toggled(state, facet, value) {
  const flip = (values) =>
    values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
  switch (facet) {
    case 'genres':
      return { ...state, genres: flip(state.genres) };
    case 'decades':
      return { ...state, decade: state.decade === value ? null : value };
    default:
      return { ...state, certifications: flip(state.certifications) };
  }
}
