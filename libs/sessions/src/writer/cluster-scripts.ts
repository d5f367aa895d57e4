import { loadScript } from '@app/redis';
import { pick } from '../fragments.js';

/** Scripts that make one step of a change in a cluster, within the slot of the session. */
export const clusterScripts = {
  create: loadScript('create-1', new URL('../scripts/create-1.lua', import.meta.url)),
  update: loadScript(
    'update-2',
    new URL('../scripts/update-2.lua', import.meta.url),
    pick('owner', 'lifetime', 'update'),
  ),
  append: loadScript(
    'append-3',
    new URL('../scripts/append-3.lua', import.meta.url),
    pick('owner', 'lifetime', 'append'),
  ),
  complete: loadScript(
    'complete-3',
    new URL('../scripts/complete-3.lua', import.meta.url),
    pick('owner', 'lifetime', 'completion', 'complete'),
  ),
  settle: loadScript('settle-3', new URL('../scripts/settle-3.lua', import.meta.url), pick('completion')),
  delete: loadScript(
    'delete-4',
    new URL('../scripts/delete-4.lua', import.meta.url),
    pick('memory', 'owner', 'completion', 'delete'),
  ),
  release: loadScript('release-3', new URL('../scripts/release-3.lua', import.meta.url), pick('release')),
  addSessionEvent: loadScript(
    'add-session-event-2',
    new URL('../scripts/add-session-event-2.lua', import.meta.url),
    pick('session-events'),
  ),
} as const;
