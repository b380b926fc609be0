// Whether the OpenAPI document of a running server is valid and complete: node openapi.mjs ADDRESS. Prints what is
// wrong; ends with 1 if anything is.
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';

const document = await (await fetch(process.argv[2])).json();
const wrong = [];

if (!document.openapi.startsWith('3.1.')) wrong.push(`openapi is ${document.openapi}, not 3.1`);
const { valid, errors } = await new Validator().validate(structuredClone(document));
if (!valid) wrong.push(JSON.stringify(errors));

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
/** References within the document, for a schema that is taken out of it. */
const within = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/'));
ajv.addSchema({ $id: 'document', ...within({ components: document.components }) });

let [operations, examples] = [0, 0];
for (const [path, item] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    const where = `${method.toUpperCase()} ${path}`;
    operations++;
    if (!operation.summary || !operation.operationId || !operation.tags?.length)
      wrong.push(`${where}: summary, operationId and tags`);
    for (const parameter of operation.parameters ?? []) {
      if (!parameter.description) wrong.push(`${where}: ${parameter.name} has no description`);
      if (parameter.in === 'path' && parameter.example === undefined)
        wrong.push(`${where}: ${parameter.name} has no example`);
    }
    if (['post', 'put', 'patch'].includes(method) && operation.requestBody)
      bodies(`${where} request`, operation.requestBody.content);
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (status[0] === '2') bodies(`${where} ${status}`, answer.content ?? {});
      if (status[0] >= '4' && answer.content && !answer.content['application/problem+json']?.schema)
        wrong.push(`${where}: ${status} has no problem schema`);
    }
  }
}
const problem = document.components.schemas.ProblemDetails;
for (const field of ['code', 'field', 'expected'])
  if (!problem.required.includes(field)) wrong.push(`a problem has no ${field}`);
const tags = document.tags.filter((tag) => !tag.description).map((tag) => tag.name);
if (tags.length) wrong.push(`tags without a description: ${tags}`);

/** Each body in JSON has an example that its own schema takes. */
function bodies(where, content) {
  for (const [type, { schema, example }] of Object.entries(content)) {
    if (example === undefined) {
      if (/json$/.test(type)) wrong.push(`${where}: ${type} has no example`);
      continue;
    }
    examples++;
    if (!schema || !/[/+]json$/.test(type)) continue;
    const validate = ajv.compile(within(schema));
    if (!validate(example))
      wrong.push(
        `${where}: ${type}: ${validate.errors
          .slice(0, 3)
          .map((error) => `${error.instancePath} ${error.message}`)
          .join('; ')}`,
      );
  }
}

for (const line of wrong) console.log(line);
console.log(`${operations} operations, ${examples} examples, ${wrong.length} faults`);
process.exit(wrong.length ? 1 : 0);
