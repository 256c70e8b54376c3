import { PeopleImportsController } from './http/imports.controller.js';
import { MappingsController } from './http/mappings.controller.js';
import { PeopleController } from './http/people.controller.js';
import { Mappings } from './mappings.js';
import { PeopleCompletion } from './people.completion.js';
import { PeopleImport } from './people.import.js';

/** What the service's module takes of this room. */
export const peopleControllers = [MappingsController, PeopleImportsController, PeopleController];
export const peopleProviders = [Mappings, PeopleImport, PeopleCompletion];
