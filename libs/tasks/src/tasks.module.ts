import { Module } from '@nestjs/common';
import { TasksRepository } from './tasks.repository.js';

@Module({ providers: [TasksRepository], exports: [TasksRepository] })
export class TasksModule {}
