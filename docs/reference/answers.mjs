/**
 * Reads off the types what every operation answers with, and writes it beside each service as `apps/<service>/answers.json`,
 * which its API reference shows: JSON Schemas by operation, with the comments of the types as descriptions.
 * `node docs/reference/answers.mjs` writes them; with `--check` it says which of them is out of date. Needs a build.
 */
import { readFileSync, writeFileSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SERVICES = ['enrollment', 'sessions', 'goals', 'analytics'];
const VERBS = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete']);

const configOf = (path) =>
  ts.parseJsonConfigFileContent(ts.readConfigFile(path, ts.sys.readFile).config, ts.sys, root).options;
const options = { ...configOf(join(root, 'tsconfig.base.json')), noEmit: true, composite: false };

const controllersOf = (service) =>
  globSync(`apps/${service}/src/**/*.controller.ts`, { cwd: root }).map((file) => join(root, file));
const FEED = join(root, 'libs/service/src/events-feed.ts');
const program = ts.createProgram([...SERVICES.flatMap(controllersOf), FEED], options);

/** The schemas of one service's answers. */
function answersOf(service) {
  const schemas = new Schemas(program.getTypeChecker(), service);
  const operations = {};
  for (const file of [...controllersOf(service), FEED])
    ts.forEachChild(program.getSourceFile(file), function look(node) {
      if (ts.isMethodDeclaration(node) && isRoute(node)) {
        const schema = schemas.ofAnswer(node);
        if (schema && Object.keys(schema).length > 0)
          operations[`${node.parent.name.text}_${node.name.getText()}`] = schema;
      }
      ts.forEachChild(node, look);
    });
  return { operations: sorted(operations), schemas: sorted(schemas.named) };
}

const isRoute = (node) =>
  (ts.getDecorators(node) ?? []).some(
    ({ expression }) => ts.isCallExpression(expression) && VERBS.has(expression.expression.getText()),
  );

class Schemas {
  named = {};

  /** @param service whose name goes before every component's: all services are one document in the end */
  constructor(checker, service) {
    this.checker = checker;
    this.service = service;
  }

  /** Of what a route's method returns, out of its promise and its Answer; undefined where there is no body. */
  ofAnswer(method) {
    const signature = this.checker.getSignatureFromDeclaration(method);
    let type = this.checker.getReturnTypeOfSignature(signature);
    type = this.checker.getAwaitedType(type) ?? type;
    const bodies = (type.isUnion() ? type.types : [type])
      .map((each) => this.bodyOf(each, method))
      .filter(isSomething);
    return bodies.length === 0 ? undefined : this.anyOf(bodies.map((each) => this.of(each, method)));
  }

  bodyOf(type, at) {
    const member = { Answer: 'body', Exportable: 'answer' }[type.symbol?.name];
    if (!member) return type;
    return this.checker.getTypeOfSymbolAtLocation(type.getProperty(member), at);
  }

  of(type, at) {
    const { flags } = type;
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (flags & ts.TypeFlags.StringLiteral) return { type: 'string', enum: [type.value] };
    if (flags & ts.TypeFlags.NumberLiteral) return { type: 'number', enum: [type.value] };
    if (flags & ts.TypeFlags.BooleanLiteral)
      return { type: 'boolean', enum: [this.checker.typeToString(type) === 'true'] };
    if (flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) return { type: 'string' };
    if (flags & ts.TypeFlags.Number) return { type: 'number' };
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.isUnion()) return this.anyOf(type.types.filter(isSomething).map((each) => this.of(each, at)));
    if (this.checker.isTupleType(type))
      return {
        type: 'array',
        prefixItems: this.checker.getTypeArguments(type).map((each) => this.of(each, at)),
      };
    if (this.checker.isArrayType(type))
      return { type: 'array', items: this.of(this.checker.getTypeArguments(type)[0], at) };
    if (type.symbol?.name === 'Date') return { type: 'string', format: 'date-time' };
    if (type.symbol?.name === 'JsonText') return {};
    const own = nameOf(type, this.checker);
    if (!own) return this.ofObject(type, at);
    const name = `${this.service}.${own}`;
    if (!(name in this.named)) {
      this.named[name] = {};
      this.named[name] = {
        ...this.ofObject(type, at),
        ...descriptionOf(type.aliasSymbol ?? type.symbol, this.checker),
      };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  ofObject(type, at) {
    const properties = {};
    const required = [];
    for (const property of this.checker.getPropertiesOfType(type)) {
      const of = this.checker.getTypeOfSymbolAtLocation(property, at);
      if (!isSomething(of)) continue;
      properties[property.name] = { ...this.of(of, at), ...descriptionOf(property, this.checker) };
      const isOptional =
        property.flags & ts.SymbolFlags.Optional || (of.isUnion() && !of.types.every(isSomething));
      if (!isOptional) required.push(property.name);
    }
    const others = this.checker.getIndexTypeOfType(type, ts.IndexKind.String);
    return {
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(others ? { additionalProperties: this.of(others, at) } : {}),
    };
  }

  /** One schema for several: literals of a type become one list, and null one more type. */
  anyOf(all) {
    const unique = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
    const merged = [];
    for (const [type, of] of Map.groupBy(unique, (each) => (each.enum ? each.type : undefined))) {
      if (type === undefined) merged.push(...of);
      else if (type === 'boolean' && of.length === 2) merged.push({ type });
      else merged.push({ type, enum: of.flatMap((each) => each.enum) });
    }
    if (merged.length === 1) return merged[0];
    const [other] = merged.filter((each) => each.type !== 'null');
    if (merged.length === 2 && merged.some((each) => each.type === 'null') && typeof other.type === 'string')
      return { ...other, type: [other.type, 'null'], ...(other.enum ? { enum: [...other.enum, null] } : {}) };
    return { anyOf: merged };
  }
}

const isSomething = ({ flags }) =>
  !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never));

/** What has a name of its own, and no parameters, is a component of the document; all else is written where it stands. */
function nameOf(type, checker) {
  if (type.aliasSymbol) return type.aliasTypeArguments ? undefined : type.aliasSymbol.name;
  const isNamed = type.symbol && type.symbol.flags & ts.SymbolFlags.Interface;
  return isNamed && checker.getTypeArguments(type).length === 0 ? type.symbol.name : undefined;
}

function descriptionOf(symbol, checker) {
  const text = ts.displayPartsToString(symbol?.getDocumentationComment(checker) ?? []).replaceAll('\n', ' ');
  return text ? { description: text } : {};
}

const sorted = (of) => Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));

for (const service of SERVICES) {
  const path = join(root, `apps/${service}/answers.json`);
  const text = await format(JSON.stringify(answersOf(service)), { parser: 'json', printWidth: 110 });
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`apps/${service}/answers.json is out of date. Run: node docs/reference/answers.mjs`);
    process.exitCode = 1;
  }
}
