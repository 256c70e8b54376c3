import { RefusedError } from '@cairn/decider';
import { Command, CommandContext, Ctx, NeedsIfMatch, versioned, Versioned } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { requireSeen } from '../../if-match.js';
import { requireWhole } from '../reach.js';
import { mappingOf, Mappings, type NamedMapping } from '../mappings.js';

const shown = ({ mapping, shipped }: NamedMapping) => ({ ...mapping, shipped });

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

@ApiTags('people')
@Controller('v1/people/mappings')
export class MappingsController {
  constructor(private readonly mappings: Mappings) {}

  @Get()
  @Roles('hr', 'program-admin', 'integration')
  @ApiOperation({
    summary: 'List the column mappings: those that ship with Cairn and those saved',
    description: 'A mapping with a header is for files with exactly that header.',
  })
  async list(@CurrentSubject() { tenantId }: Subject) {
    return { items: (await this.mappings.list(tenantId)).map(shown) };
  }

  @Versioned()
  @Get(':name')
  @Roles('hr', 'program-admin', 'integration')
  @ApiOperation({ summary: 'Read a column mapping' })
  async read(@CurrentSubject() { tenantId }: Subject, @Param('name') name: string) {
    const found = await this.mappings.find(tenantId, name);
    return versioned(shown(found), found.version);
  }

  @Versioned()
  @Put(':name')
  @Command()
  @Roles('hr', 'integration')
  @NeedsIfMatch('to change a mapping that is there')
  @ApiOperation({ summary: 'Save a column mapping under a name, in kebab-case' })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    examples: {
      small: {
        value: {
          snapshotDate: '2026-01-31',
          employeeId: 'Id',
          fullName: 'Name',
          department: 'Dept',
          manager: { name: 'Manager' },
          hiredOn: { column: 'Hired', formats: ['YYYY-MM-DD'] },
          leftOn: { column: 'Left', formats: ['YYYY-MM-DD'] },
        },
      },
    },
  })
  async save(@Ctx() context: CommandContext, @Param('name') name: string, @Body() body: unknown) {
    requireWhole(context.subject);
    if (!NAME.test(name) || name.length > 100)
      throw new RefusedError({
        kind: 'malformed',
        slug: 'bad-mapping-name',
        detail: 'A mapping is named in kebab-case: a-z, 0-9 and single hyphens, at most 100 characters.',
      });
    const mapping = mappingOf(body, name);
    if (mapping.name !== name)
      throw new RefusedError({
        kind: 'invalid',
        slug: 'bad-mapping',
        detail: 'The mapping says another name than its address.',
        errors: [{ pointer: '/name', detail: `"${name}", or leave it out` }],
      });
    const saved = await this.mappings.save(context.tenantId, name, mapping, (version) =>
      requireSeen(context, version),
    );
    return versioned(shown(saved), saved.version);
  }
}
