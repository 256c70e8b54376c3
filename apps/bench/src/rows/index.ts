import type { Row } from '../row.js';
import { append } from './append.js';
import { appendWithRows } from './append-with-rows.js';
import { freshness } from './freshness.js';
import { growth } from './growth.js';
import { matching } from './matching.js';
import { httpCommand } from './http-command.js';
import { intake } from './intake.js';
import { overview } from './overview.js';
import { projection } from './projection.js';
import { rebuilding } from './rebuild.js';
import { read } from './read.js';
import { relay } from './relay.js';
import { kafkaClient } from './kafka-client.js';
import { messageDb } from './message-db.js';

/** In the order of the table. */
export const ROWS: readonly Row[] = [
  append,
  messageDb,
  appendWithRows,
  httpCommand,
  read,
  relay,
  kafkaClient,
  intake,
  projection,
  rebuilding,
  freshness,
  overview,
  growth,
  matching,
];
