import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeysService } from './api-keys.service.js';
import { AuthGuard } from './auth.guard.js';
import { Authenticator } from './authenticator.js';

/** Protects every route of the importing app, except public ones. */
@Module({
  providers: [ApiKeysService, Authenticator, { provide: APP_GUARD, useClass: AuthGuard }],
  exports: [ApiKeysService, Authenticator],
})
export class AuthModule {}
