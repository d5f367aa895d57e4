// A Nest application on Fastify with one route and nothing else, as the CLI makes it: what a start takes at the least.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class ModelsController {
  models() {
    return { object: 'list', data: [] };
  }
}
const handler = Object.getOwnPropertyDescriptor(ModelsController.prototype, 'models');
Get('v1/models')(ModelsController.prototype, 'models', handler);
Controller()(ModelsController);

class AppModule {}
Module({ controllers: [ModelsController] })(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.send({ url: await app.getUrl() });
