import { ApiError, apiKey, getJson } from './api.js';
import { byId } from './dom.js';
import { initFeatures } from './features.js';
import { startMetrics } from './metrics-panel.js';
import { SearchPage } from './search-page.js';
import { initTabs } from './tabs.js';

/** What runs when a tab's panel appears for the first time. Search and metrics run from the start. */
const firstShown = new Map([['try', initFeatures]]);

/** Shows the console to local callers (when there are no API keys) and to administrators; others get the sign-in form. */
async function openConsole() {
  try {
    await getJson('/v1/admin/cache/stats');
    byId('sign-in').hidden = true;
    byId('console').hidden = false;
    byId('tabs').hidden = false;
    startMetrics();
    initTabs(byId('tabs'), (id) => {
      firstShown.get(id)?.();
      firstShown.delete(id);
    });
    new SearchPage().start();
  } catch (error) {
    if (!(error instanceof ApiError) || ![401, 403].includes(error.status)) {
      byId('status').className = 'bad';
      byId('status').textContent = error.message;
      return;
    }
    byId('status').textContent = 'Signed out';
    byId('sign-in').hidden = false;
    if (apiKey.get()) byId('sign-in-error').textContent = error.message;
    apiKey.clear();
  }
}

byId('sign-in-form').addEventListener('submit', (event) => {
  event.preventDefault();
  byId('sign-in-error').textContent = '';
  apiKey.set(byId('key').value);
  byId('key').value = '';
  void openConsole();
});
void openConsole();
