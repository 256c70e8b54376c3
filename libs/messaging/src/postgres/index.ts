export { postgresBus, type PostgresBus, type PostgresBusOptions } from './bus.js';
