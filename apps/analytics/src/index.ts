export { definition, openLog, PROJECTIONS } from './app.module.js';
