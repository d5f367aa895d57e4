import { loadScript } from '@app/redis';
import { pick } from '../fragments.js';

/** Scripts that make a change, publish its event and account for its memory in one step. */
export const atomicScripts = {
  create: loadScript('create-3', new URL('../scripts/create-3.lua', import.meta.url), pick('memory')),
  update: loadScript(
    'update-4',
    new URL('../scripts/update-4.lua', import.meta.url),
    pick('memory', 'owner', 'lifetime', 'update'),
  ),
  append: loadScript(
    'append-8',
    new URL('../scripts/append-8.lua', import.meta.url),
    pick('publish', 'session-events', 'memory', 'owner', 'lifetime', 'append'),
  ),
  complete: loadScript(
    'complete-8',
    new URL('../scripts/complete-8.lua', import.meta.url),
    pick('publish', 'session-events', 'memory', 'owner', 'lifetime', 'completion', 'complete'),
  ),
  delete: loadScript(
    'delete-8',
    new URL('../scripts/delete-8.lua', import.meta.url),
    pick('publish', 'memory', 'owner', 'completion', 'delete'),
  ),
  release: loadScript(
    'release-5',
    new URL('../scripts/release-5.lua', import.meta.url),
    pick('memory', 'release'),
  ),
  reclaim: loadScript('reclaim-n', new URL('../scripts/reclaim-n.lua', import.meta.url), pick('memory')),
} as const;
