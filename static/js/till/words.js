// The words of this page in its language, as the server wrote them into the shell.
const words = JSON.parse(document.body.dataset.words);

// Text `name` with its {values}; where there is one of something and a text for it, that one.
export function word(name, values = {}) {
  const text = (values.count === 1 && words[`${name}_one`]) || words[name];
  if (text === undefined) throw new Error(`no words for ${name}`);
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export const hasWord = (name) => name in words;
