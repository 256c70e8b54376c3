import { FaultError, HeedsNot, type Answer } from '@cairn/http';
import {
  All,
  Body,
  Get,
  Inject,
  Param,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation } from '@nestjs/swagger';
import { PUBLIC_URL } from '../../../enrollment/http/enrollment.shown.js';
import { CAIRN, CORE_GROUP, CORE_USER, ENTERPRISE, SCHEMAS, type SchemaDefinition } from '../attributes.js';
import { MOST_RESULTS, scimAnswer, SCIM_PATH, ScimController, ScimQuery } from './scim.answers.js';

interface Described {
  readonly schemas: readonly string[];
  readonly id: string;
  readonly meta: { readonly resourceType: string; readonly location: string };
  readonly [member: string]: unknown;
}

/** Of what a list can be asked for, a filter alone is not ignored here (RFC 7644 4): an answer without it would mislead. */
class Unfiltered implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { query } = context.switchToHttp().getRequest<{ query: Readonly<Record<string, unknown>> }>();
    if (query['filter'] === undefined) return true;
    throw new FaultError({
      status: 403,
      slug: 'scim-not-filtered',
      detail: 'What this service supports cannot be filtered: ask without filter, or for one by its id.',
    });
  }
}

/** What a client may ask before anything else (RFC 7644 4). */
@ScimController()
@HeedsNot(ScimQuery)
@UseGuards(Unfiltered)
export class ScimDiscoveryController {
  constructor(@Inject(PUBLIC_URL) private readonly publicUrl: string | null) {}

  @Get('ServiceProviderConfig')
  @ApiOperation({ summary: 'SCIM: what this service supports' })
  config() {
    return scimAnswer({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: MOST_RESULTS },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      authenticationSchemes: [
        {
          type: 'oauthbearertoken',
          name: 'OAuth Bearer Token',
          description: 'A token of the issuer, of role integration',
          specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
          primary: true,
        },
      ],
      meta: { resourceType: 'ServiceProviderConfig', location: this.at('ServiceProviderConfig') },
    });
  }

  @Get('ResourceTypes')
  @ApiOperation({ summary: 'SCIM: the kinds of resources' })
  types() {
    return scimAnswer(everyOf(this.resourceTypes()));
  }

  @Get('ResourceTypes/:name')
  @ApiExcludeEndpoint()
  type(@Param('name') name: string) {
    return one(this.resourceTypes(), name);
  }

  @Get('Schemas')
  @ApiOperation({ summary: 'SCIM: the attributes that are understood' })
  schemas() {
    return scimAnswer(everyOf(SCHEMAS.map((each) => this.schemaOf(each))));
  }

  @Get('Schemas/:name')
  @ApiExcludeEndpoint()
  schema(@Param('name') name: string) {
    return one(
      SCHEMAS.map((each) => this.schemaOf(each)),
      name,
    );
  }

  /** What RFC 7644 leaves to each service, and this one does not have (3.4.3 at the root, 3.7, 3.11). */
  @All(['Bulk', 'Me', '.search'])
  @ApiExcludeEndpoint()
  notImplemented(@Body() body: unknown): never {
    // Whatever is in it: a body is not what is wrong.
    void body;
    throw new FaultError({
      status: 501,
      slug: 'not-implemented',
      detail: 'Bulk, Me and a search of everything are not there: send each operation to Users or Groups.',
    });
  }

  private resourceTypes(): Described[] {
    const of = (name: 'User' | 'Group', schema: string, extensions: readonly string[]): Described => ({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: name,
      name,
      endpoint: `/${name}s`,
      schema,
      schemaExtensions: extensions.map((extension) => ({ schema: extension, required: false })),
      meta: { resourceType: 'ResourceType', location: this.at(`ResourceTypes/${name}`) },
    });
    return [of('User', CORE_USER, [ENTERPRISE, CAIRN]), of('Group', CORE_GROUP, [])];
  }

  private schemaOf({ id, name, description, attributes }: SchemaDefinition): Described {
    return {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      id,
      name,
      description,
      attributes,
      meta: { resourceType: 'Schema', location: this.at(`Schemas/${id}`) },
    };
  }

  private at(path: string): string {
    return `${this.publicUrl ?? ''}${SCIM_PATH}/${path}`;
  }
}

const everyOf = (resources: readonly Described[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: resources.length,
  startIndex: 1,
  itemsPerPage: resources.length,
  Resources: resources,
});

function one(resources: readonly Described[], id: string): Answer<Described> {
  const found = resources.find((each) => each.id === id);
  if (found !== undefined) return scimAnswer(found);
  const detail = `There is ${resources.map((each) => each.id).join(', ')}.`;
  throw new FaultError({ status: 404, slug: 'not-found', detail });
}
