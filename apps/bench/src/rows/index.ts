import type { Row } from '../row.js';
import { append } from './append.js';

/** In the order of the table. */
export const ROWS: readonly Row[] = [append];
