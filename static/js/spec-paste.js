// From cells copied out of a sheet (tab-separated, quoted cells may hold line breaks) to rows of technical parameters.
// Pure: no page needed. A row is {parameter, operator, value, value_high, unit, must, standard}; operator is one of the
// words ge, le, gt, lt, eq, range, contains, which spec-rows.js turns into the codes of the form's own select.

const OPERATORS = [
  ["ge", /^(≥|>=|＞=|不小于|不低于|不少于|大于等于|至少|以上|min\.?|at least)\s*/i],
  ["le", /^(≤|<=|＜=|不大于|不高于|不超过|不多于|小于等于|至多|以下|max\.?|at most)\s*/i],
  ["gt", /^(>|＞|大于|高于|超过)\s*/],
  ["lt", /^(<|＜|小于|低于)\s*/],
  ["eq", /^(=|＝|等于|equals?)\s*/i],
  ["range", /^(范围|介于|区间|range|between)\s*/i],
  ["contains", /^(包含|含有|contains)\s*/i],
];
const NUMBER = "[-+−]?\\d+(?:[,，]\\d{3})*(?:\\.\\d+)?";
const RANGE = new RegExp(`^(${NUMBER})\\s*(?:~|～|-|–|—|至|到|…|to)\\s*(${NUMBER})\\s*(.*)$`, "i");
const SINGLE = new RegExp(`^(${NUMBER})\\s*(.*)$`);
const STANDARD = /^(GB|GJB|HG|JB|YB|QB|FZ|SH|SJ|DL|NB|TB|QC|CB|HB|JC|ISO|IEC|ASTM|DIN|EN|JIS|API|UL|ANSI|AGMA|T\/|Q\/|DB\d)/i;
const MUST = /^(必备|必须|必需|是|√|✓|y|yes|must|m)$/i;
const NICE = /^(优选|可选|加分|否|×|n|no|nice|o)$/i;
const HEADING = /^(序号|指标|指标名|指标名称|参数|参数名称|技术指标|项目|关系|数值|要求|单位|标准|执行标准|必备|备注|parameter|operator|value|unit|standard)$/i;

export function cells(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    if (quoted) {
      if (character === '"' && text[position + 1] === '"') {
        cell += '"';
        position += 1;
      } else if (character === '"') {
        quoted = false;
      } else {
        cell += character === "\n" || character === "\r" ? " " : character;
      }
    } else if (character === '"' && cell === "") {
      quoted = true;
    } else if (character === "\t") {
      rows.at(-1).push(cell.trim());
      cell = "";
    } else if (character === "\n") {
      rows.at(-1).push(cell.trim());
      rows.push([]);
      cell = "";
    } else if (character !== "\r") {
      cell += character;
    }
  }
  rows.at(-1).push(cell.trim());
  return rows.filter((row) => row.some((part) => part !== ""));
}

function number(text) {
  return text.replace(/[,，]/g, "").replace("−", "-");
}

function readQuantity(row, text) {
  let rest = text;
  for (const [operator, pattern] of OPERATORS) {
    const found = rest.match(pattern);
    if (found) {
      row.operator = operator;
      rest = rest.slice(found[0].length).trim();
      break;
    }
  }
  const range = rest.match(RANGE);
  if (range) {
    Object.assign(row, { operator: "range", value: number(range[1]), value_high: number(range[2]) });
    row.unit ||= range[3].trim();
    return;
  }
  const single = rest.match(SINGLE);
  if (!single) {
    if (rest) {
      // A code or grade (V-0, IP65, Q355ND) is compared as a whole; a phrase is looked for.
      row.operator ||= /[\u4e00-\u9fff]/.test(rest) ? "contains" : "eq";
      row.value = rest;
    }
    return;
  }
  row.value = number(single[1]);
  let unit = single[2].trim();
  if (/(以上|及以上)$/.test(unit)) {
    row.operator = "ge";
  } else if (/(以下|以内|及以下)$/.test(unit)) {
    row.operator = "le";
  }
  unit = unit.replace(/(及)?(以上|以下|以内)$/, "").trim();
  row.unit ||= unit;
}

function readRow(parts) {
  const row = { parameter: "", operator: "", value: "", value_high: "", unit: "", must: null, standard: "" };
  const rest = [...parts];
  // A running number in front of the name (序号) is not part of it.
  if (rest.length > 2 && /^\d{1,3}[.、]?$/.test(rest[0]) && !/^[-+]?\d/.test(rest[1]) && rest[1] !== "") {
    rest.shift();
  }
  row.parameter = rest.shift() ?? "";
  for (const part of rest) {
    if (part === "") {
      continue;
    }
    const bareOperator = OPERATORS.find(([, pattern]) => part.replace(pattern, "") === "" && pattern.test(part));
    if (MUST.test(part) || NICE.test(part)) {
      row.must = MUST.test(part);
    } else if (bareOperator && row.operator === "") {
      row.operator = bareOperator[0];
    } else if (STANDARD.test(part) && row.standard === "") {
      row.standard = part;
    } else if (row.value === "") {
      const chosen = row.operator;
      readQuantity(row, part);
      if (chosen && chosen !== "range" && row.operator !== "range") {
        row.operator = chosen;
      }
    } else if (row.value_high === "" && row.operator === "range" && SINGLE.test(part)) {
      row.value_high = number(part.match(SINGLE)[1]);
    } else if (row.unit === "") {
      row.unit = part;
    } else if (row.standard === "") {
      row.standard = part;
    }
  }
  row.operator ||= row.value === "" ? "contains" : "eq";
  row.must ??= true;
  return row;
}

export function parseSpecRows(text) {
  return cells(text)
    .filter((row) => !(row.length > 1 && row.filter((part) => part !== "").every((part) => HEADING.test(part))))
    .map(readRow)
    .filter((row) => row.parameter !== "");
}
