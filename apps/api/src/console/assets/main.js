import { ApiError, get, key } from './api.js';
import { byId } from './dom.js';
import { offer } from './try.js';
import { watch } from './watch.js';

/** Opens the console to who may see it: callers of this machine without keys, else administrators. */
async function enter() {
  try {
    await get('/v1/admin/cache/stats');
    byId('sign-in').hidden = true;
    byId('console').hidden = false;
    watch();
    offer();
  } catch (error) {
    if (!(error instanceof ApiError) || ![401, 403].includes(error.status)) {
      byId('status').className = 'bad';
      byId('status').textContent = error.message;
      return;
    }
    byId('status').textContent = 'Signed out';
    byId('sign-in').hidden = false;
    if (key.get()) byId('sign-in-answer').textContent = error.message;
    key.clear();
  }
}

byId('sign-in-form').addEventListener('submit', (event) => {
  event.preventDefault();
  byId('sign-in-answer').textContent = '';
  key.set(byId('key').value);
  byId('key').value = '';
  void enter();
});
void enter();
