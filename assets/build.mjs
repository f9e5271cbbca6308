// Writes everything under static/ that is generated: stylesheet, icon sprite, font, bundled scripts.
// The output depends only on assets/, templates/ and package-lock.json.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const target = join(root, "static");

const NOTICE = "<!-- Icons from Lucide (lucide.dev), ISC licence. Written by npm run build. -->";
const STROKE =
  'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';

function iconNames() {
  const lines = readFileSync(join(root, "assets/icons.txt"), "utf8").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line && !line.startsWith("#")).sort();
}

function symbol(name) {
  const svg = readFileSync(join(modules, "lucide-static/icons", `${name}.svg`), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24" ${STROKE}>${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
}

function writeSprite() {
  const symbols = iconNames().map(symbol).join("\n");
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${NOTICE}\n${symbols}\n</svg>\n`;
  writeFileSync(join(target, "img/icons.svg"), sprite);
}

function copyFont() {
  const font = join(modules, "@fontsource-variable/inter");
  copyFileSync(join(font, "files/inter-latin-wght-normal.woff2"), join(target, "fonts/inter-latin.woff2"));
  copyFileSync(join(font, "LICENSE"), join(target, "fonts/LICENSE-inter.txt"));
}

function compileStyles() {
  const cli = join(modules, "@tailwindcss/cli/dist/index.mjs");
  const paths = ["-i", join(root, "assets/app.css"), "-o", join(target, "css/app.css")];
  execFileSync(process.execPath, [cli, ...paths, "--minify"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}

// Scripts that need a library, and whose it is; what stands in static/js itself is written by hand.
const SCRIPTS = {
  "note-editor": "Squire (MIT) and DOMPurify (Apache-2.0 or MPL-2.0)",
  charts: "Apache ECharts (Apache-2.0) and zrender (BSD-3-Clause)",
  pipeline: "SortableJS (MIT)",
  calendar: "EventCalendar (MIT) and Svelte (MIT)",
};

function bundleScripts() {
  copyFileSync(join(modules, "echarts/LICENSE"), join(target, "js/LICENSE-echarts.txt"));
  copyFileSync(join(modules, "sortablejs/LICENSE"), join(target, "js/LICENSE-sortablejs.txt"));
  for (const [name, libraries] of Object.entries(SCRIPTS)) {
    buildSync({
      entryPoints: [join(root, `assets/scripts/${name}.js`)],
      outdir: join(target, "js"),
      bundle: true,
      minify: true,
      target: "es2022",
      legalComments: "none",
      banner: { js: `// ${libraries}. Written by npm run build.` },
    });
  }
}

// EventCalendar's package comes without the text of its licence.
function buildCalendarStyles() {
  const licences = [join(root, "assets/LICENSE-event-calendar.txt"), join(modules, "svelte/LICENSE.md")];
  const texts = licences.map((path) => readFileSync(path, "utf8").trim());
  writeFileSync(join(target, "js/LICENSE-calendar.txt"), `${texts.join("\n\nSvelte (https://svelte.dev)\n\n")}\n`);
  buildSync({
    entryPoints: [join(root, "assets/calendar.css")],
    outdir: join(target, "css"),
    bundle: true,
    minify: true,
    target: "es2022",
    legalComments: "none",
    banner: { css: "/* EventCalendar (MIT). Written by npm run build. */" },
  });
}

for (const folder of ["css", "fonts", "img"]) mkdirSync(join(target, folder), { recursive: true });
writeSprite();
copyFont();
bundleScripts();
buildCalendarStyles();
compileStyles();
