// Print what html-validate finds in the files of a folder as JSON. (Its own command needs a newer Node than we do.)
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HtmlValidate } from "html-validate";

const [folder, config] = process.argv.slice(2);
const validator = new HtmlValidate(JSON.parse(readFileSync(config, "utf8")));
const found = {};
for (const name of readdirSync(folder)) {
  const { results } = validator.validateStringSync(readFileSync(join(folder, name), "utf8"), name);
  found[name] = results.flatMap((result) => result.messages.map((one) => `${one.line}: ${one.ruleId}: ${one.message}`));
}
console.log(JSON.stringify(found));
