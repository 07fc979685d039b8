#!/usr/bin/env python3
"""Renders every template with Jinja2 itself, set up as chat templates are usually run. Fills in what
record.mjs has left out, takes away what Jinja2 refuses, and names every difference between the two. Needs python3-jinja2 (3.1.6 was
used). Run record.mjs first."""
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.sandbox

here = pathlib.Path(__file__).parent


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def refuse(words):
    raise jinja2.TemplateError(words)


environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[Generation, "jinja2.ext.loopcontrols"])
environment.filters["tojson"] = lambda x, indent=None: json.dumps(x, ensure_ascii=False, indent=indent)
environment.globals["raise_exception"] = refuse

for template in sorted(here.glob("*.jinja")):
    for inputs in sorted((here / "messages").glob("*.json")):
        stem = here / "expected" / f"{template.stem}.{inputs.stem}"
        source = template.read_text(encoding="utf-8")
        try:
            text, kind = environment.from_string(source).render(json.loads(inputs.read_text(encoding="utf-8"))), ".txt"
        except (jinja2.TemplateError, TypeError) as error:
            text, kind = str(error), ".error"
            if text not in source:
                print(f"left out: {template.stem} with {inputs.stem}: {text}")
                stem.with_name(stem.name + ".txt").unlink(missing_ok=True)
                continue
        recorded = [stem.with_name(stem.name + ending) for ending in (".txt", ".error")]
        found = [path for path in recorded if path.exists()]
        if not found:
            stem.with_name(stem.name + kind).write_text(text, encoding="utf-8")
        elif found[0].suffix != kind or found[0].read_text(encoding="utf-8") != text:
            print(f"differs: {found[0].name}\n  one {found[0].read_text(encoding='utf-8')!r}\n  two {text!r}")
