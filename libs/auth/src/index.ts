export type { Principal } from './api-key.js';
export { ApiKeysService } from './api-keys.service.js';
export { CurrentPrincipal, isAdmin, Public, Roles } from './auth.decorators.js';
export { ForbiddenError, UnauthenticatedError } from './auth.errors.js';
export { AuthModule } from './auth.module.js';
export { Authenticator } from './authenticator.js';
export { ExtendRouteConfig } from './route-config.js';
