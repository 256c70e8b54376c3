import { PeopleImportsController } from './http/imports.controller.js';
import { MappingsController } from './http/mappings.controller.js';
import { PeopleController } from './http/people.controller.js';
import { ScimDiscoveryController } from './scim/http/discovery.controller.js';
import { ScimGroupsController } from './scim/http/groups.controller.js';
import { ScimUsersController } from './scim/http/users.controller.js';
import { ScimGroups } from './scim/groups.handler.js';
import { ScimUsers } from './scim/users.handler.js';
import { Mappings } from './mappings.js';
import { PeopleCompletion } from './people.completion.js';
import { PeopleImport } from './people.import.js';

/** What the service's module takes of this room. */
export const peopleControllers = [
  MappingsController,
  PeopleImportsController,
  PeopleController,
  ScimDiscoveryController,
  ScimUsersController,
  ScimGroupsController,
];
export const peopleProviders = [Mappings, PeopleImport, PeopleCompletion, ScimUsers, ScimGroups];
