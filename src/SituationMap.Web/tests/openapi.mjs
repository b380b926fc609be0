// Whether the OpenAPI document of a running server is valid and complete, and what it answers is as described: node openapi.mjs ADDRESS TOKEN,
// where ADDRESS is the document's. Prints what is wrong; ends with 1 if anything is.
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

const checks = new Map();
const usual = ['400', '401', '403', '404', '409', '412', '503'];
let [operations, examples, answers] = [0, 0, 0];
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
      const problem = answer.content?.['application/problem+json'];
      if (usual.includes(status) && problem && !problem.example) wrong.push(`${where}: ${status} has no example`);
      if (problem?.example) fits(`${where} ${status}`, document.components.schemas.ProblemDetails, problem.example);
    }
    if (method === 'get') await asked(where, path, operation);
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
    if (schema && /[/+]json$/.test(type)) fits(`${where}: ${type}`, schema, example);
  }
}

function fits(where, schema, value) {
  const validate = checks.get(schema) ?? ajv.compile(within(schema));
  checks.set(schema, validate);
  if (!validate(value))
    wrong.push(
      `${where}: ${validate.errors
        .slice(0, 3)
        .map((error) => `${error.instancePath} ${error.message}`)
        .join('; ')}`,
    );
}

/** What the server answers as a whole to the examples of the parameters, where it is JSON, is as described. */
async function asked(where, path, { parameters = [], responses }) {
  const [type, { schema } = {}] =
    Object.entries(responses['200']?.content ?? {}).find(([type]) => /[/+]json$/.test(type)) ?? [];
  // of one's own account, which is asked about in a session alone
  if (!schema || path.startsWith('/api/account/')) return;
  const url = new URL(
    path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters.find((one) => one.name === name).example)),
    process.argv[2],
  );
  for (const { name, example } of parameters.filter((one) => one.in === 'query' && one.example !== undefined))
    url.searchParams.set(name, example);
  const answer = await fetch(url, { headers: { Accept: type, Authorization: `Bearer ${process.argv[3]}` } });
  if (answer.status === 404) return; // of what only some servers have, such as an import
  answers++;
  if (answer.ok) fits(`${where} answers`, schema, await answer.json());
  else wrong.push(`${where} answers ${answer.status}: ${await answer.text()}`);
}

for (const line of wrong) console.log(line);
console.log(`${operations} operations, ${examples} examples, ${answers} answers, ${wrong.length} faults`);
process.exit(wrong.length ? 1 : 0);
