import 'reflect-metadata';
import { runService } from '@cairn/service';
import { definition } from './app.module.js';

await runService(definition);
