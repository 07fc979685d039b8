// Renders every template with every list of messages and writes what came out to expected/, or the
// words of raise_exception to *.error. What the library cannot render is left out and named.
//
// The library is the npm package @huggingface/jinja (0.5.11 was used), installed elsewhere:
//   node record.mjs FOLDER-OF-NODE_MODULES
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const here = path.dirname(new URL(import.meta.url).pathname);
const require = createRequire(path.join(path.resolve(process.argv[2] ?? '.'), 'package.json'));
const { Template } = require('@huggingface/jinja');

const named = (folder, ending) => fs.readdirSync(path.join(here, folder))
    .filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length)).sort();

const expected = path.join(here, 'expected');
fs.rmSync(expected, { recursive: true, force: true });
fs.mkdirSync(expected);
for (const name of named('.', '.jinja')) {
    const source = fs.readFileSync(path.join(here, `${name}.jinja`), 'utf8');
    for (const list of named('messages', '.json')) {
        const inputs = JSON.parse(fs.readFileSync(path.join(here, 'messages', `${list}.json`), 'utf8'));
        const stem = path.join(expected, `${name}.${list}`);
        try {
            fs.writeFileSync(`${stem}.txt`, new Template(source).render(inputs));
        } catch (error) {
            fs.rmSync(`${stem}.txt`, { force: true });
            // The words of raise_exception stand in the template, others do not.
            if (source.includes(error.message))
                fs.writeFileSync(`${stem}.error`, error.message);
            else
                console.log(`left out: ${name} with ${list}: ${error.message}`);
        }
    }
}
