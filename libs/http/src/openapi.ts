import { Controller, Get, Inject, Injectable, type INestApplication } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ModulesContainer } from '@nestjs/core';
import {
  ApiExcludeController,
  ApiExtension,
  ApiHeader,
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
} from '@nestjs/swagger';
import { COMMAND, Public, routeAccess } from '@cairn/identity';
import { describeDto } from './dto-schema.js';
import { EDGE, type Edge } from './edge.js';
import { complete, PROBLEM_SCHEMA, type Operation } from './openapi-answers.js';
import { VERSIONED } from './versioned.js';

/** The service's OpenAPI document, made once, when it is first asked for. */
@Injectable()
export class OpenApiDocument {
  private app: INestApplication | undefined;
  private made: OpenAPIObject | undefined;

  constructor(
    @Inject(EDGE) private readonly edge: Edge,
    private readonly modules: ModulesContainer,
  ) {}

  describe(app: INestApplication): void {
    this.app = app;
  }

  get document(): OpenAPIObject {
    if (!this.app) throw new Error('the application is not there yet');
    return (this.made ??= this.make(this.app));
  }

  private make(app: INestApplication): OpenAPIObject {
    for (const module of this.modules.values()) {
      for (const { metatype } of module.controllers.values())
        if (metatype) describeController(metatype as Function);
    }
    const config = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle(this.edge.title)
      .setDescription(this.edge.description)
      .setVersion('1')
      .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'token')
      .build();
    const document = SwaggerModule.createDocument(app, config);
    const { operations: answers, schemas } = this.edge.answers ?? { operations: {}, schemas: {} };
    document.components = {
      ...document.components,
      schemas: { ...(schemas as object), ...document.components?.schemas, Problem: PROBLEM_SCHEMA as never },
    };
    for (const operations of Object.values(document.paths))
      for (const [method, operation] of Object.entries(operations as Record<string, Operation>))
        complete(operation, method, answers[operation.operationId ?? '']);
    return document;
  }
}

/** What every route has by its nature is said of it here, so that no controller has to. */
function describeController(controller: Function): void {
  const prototype = controller.prototype as Record<string, unknown>;
  for (const method of Object.getOwnPropertyNames(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
    const handler = descriptor?.value as Function | undefined;
    if (!descriptor || typeof handler !== 'function' || !Reflect.hasMetadata(PATH_METADATA, handler))
      continue;
    const say = (decorator: MethodDecorator) => void decorator(prototype, method, descriptor);

    for (const dto of dtosOf(controller, method)) describeDto(dto);
    const access = routeAccess(controller, handler);
    if (!access.public) say(ApiExtension('x-roles', access.roles));
    if (isVersioned(controller, handler)) say(ApiExtension('x-versioned', true));
    if (Reflect.hasMetadata(COMMAND, handler)) for (const header of COMMAND_HEADERS) say(ApiHeader(header));
  }
}

const isVersioned = (controller: Function, handler: Function): boolean =>
  (Reflect.getMetadata(VERSIONED, handler) ?? Reflect.getMetadata(VERSIONED, controller) ?? false) as boolean;

const COMMAND_HEADERS = [
  {
    name: 'Idempotency-Key',
    required: true,
    description: 'A new one for a new command, the same one to send it again: it takes effect once.',
    schema: { type: 'string', example: '5c1f6a2e-6f0b-4a57-9a53-1f6f4b1d2c3e' },
  },
  {
    name: 'Cairn-Occurred-At',
    required: false,
    description:
      'Role integration only: the instant in the past at which it happened, as 2026-03-01T09:00:00Z.',
    schema: { type: 'string', format: 'date-time' },
  },
  {
    name: 'Cairn-On-Behalf-Of',
    required: false,
    description:
      'Role integration only: for whom, as `coachee:<personId>`, `coach:<coachId>`, or `hr`, `program-admin` with or without `:<personId>`.',
    schema: { type: 'string' },
  },
];

function dtosOf(controller: Function, method: string): Function[] {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ??
    []) as Function[];
  const from = new Set([Number(RouteParamtypes.BODY), Number(RouteParamtypes.QUERY)]);
  return Object.entries(args)
    .filter(([key, { data }]) => from.has(Number(key.split(':')[0])) && data === undefined)
    .map(([, { index }]) => types[index])
    .filter((type): type is Function => typeof type === 'function' && type !== Object && type !== Array);
}

@Public()
@ApiExcludeController()
@Controller('openapi.json')
export class OpenApiController {
  constructor(private readonly openApi: OpenApiDocument) {}

  @Get()
  get(): OpenAPIObject {
    return this.openApi.document;
  }
}
