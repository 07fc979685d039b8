// Records what llama.cpp computes for the tiny models, as golden data for golden_test.cpp.
//
//   mkdir models && make_tiny_models models > prompt.txt
//   npm install node-llama-cpp@3.22.1        (carries llama.cpp; no part of this project needs it)
//   node record_golden.mjs models prompt.txt golden
//
// For every model one text file: per position a line with the 48 most likely next tokens, each as
// "id:natural logarithm of its probability over the whole vocabulary".
import fs from 'node:fs';
import path from 'node:path';
import {getLlama} from 'node-llama-cpp';

const kTop = 48;
const [models, promptFile, golden] = process.argv.slice(2);
const prompt = fs.readFileSync(promptFile, 'utf8').trim().split('\n').map(Number);
const llama = await getLlama({gpu: false, build: 'never', logLevel: 'error'});

for (const file of fs.readdirSync(models).filter(name => name.endsWith('.gguf')).sort()) {
    const model = await llama.loadModel({modelPath: path.join(models, file)});
    const context = await model.createContext({contextSize: 256, flashAttention: false});
    const sequence = context.getSequence();
    const results = await sequence.controlledEvaluate(
        prompt.map(token => [token, {generateNext: {logits: true, options: {temperature: 1, topK: 0, topP: 1, minP: 0}}}]));
    const lines = results.map((result, position) => {
        const logits = [...result.next.logits];
        const most = Math.max(...logits.map(([, logit]) => logit));
        const sum = Math.log(logits.reduce((total, [, logit]) => total + Math.exp(logit - most), 0));
        const top = logits.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, kTop);
        return [position, ...top.map(([token, logit]) => `${token}:${(logit - most - sum).toFixed(6)}`)].join(' ');
    });
    fs.writeFileSync(path.join(golden, file.replace('.gguf', '.txt')), lines.join('\n') + '\n');
    console.log(file, lines.length, 'positions');
    await context.dispose();
    await model.dispose();
}
