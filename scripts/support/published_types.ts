/**
 * What is wrong with the published declarations: whatever they tell of the inside of this library.
 *
 * @module
 */

import ts from "typescript";
import { walk } from "./source.ts";

/** Says of a member that users should leave it alone: then it should not be published. */
const inside = /@internal\b|\bonly (this|the) library\b/i;

/** Types that say nothing of what a constructor takes, so that it takes something that has no public name. */
const nameless: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.UnknownKeyword,
  ts.SyntaxKind.AnyKeyword,
  ts.SyntaxKind.ObjectKeyword,
]);

/**
 * Looks for what should not be published.
 *
 * @param text The declarations, all in one file.
 * @param internal The names of the types that the sources export and `mod.ts` does not.
 * @returns The problems, one a line.
 */
export function publishedProblems(text: string, internal: ReadonlySet<string>): string[] {
  const file = ts.createSourceFile("mod.d.ts", text, ts.ScriptTarget.Latest, true);
  const exported = exportedNames(file);
  const aliases = new Map(file.statements.flatMap(aliasOf));
  const isPublic = (name: string): boolean => {
    const targets = aliases.get(name);
    return exported.has(name) || targets !== undefined && targets.every(isPublic);
  };
  const found = file.statements.flatMap((statement) => {
    const name = nameOf(statement);
    const hidden = name !== undefined && !isPublic(name);
    return hidden ? [`${name}: is declared, and not exported`] : [];
  });
  walk(file, (node) => found.push(...problemsAt(node, internal)));
  return [...new Set([...found, ...deadLinks(file, isPublic)])];
}

/** The names by which the file's own declarations are exported. */
function exportedNames(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (clause !== undefined && ts.isNamedExports(clause)) {
      clause.elements.forEach(({ name, propertyName }) => names.add((propertyName ?? name).text));
    }
  }
  return names;
}

function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations[0].name.getText();
  }
  const { name } = statement as { name?: ts.Node };
  return name?.getText();
}

/** A declaration that is another name of others, as a bundler writes it for `import * as`: its name, and theirs. */
function aliasOf(statement: ts.Statement): [string, string[]][] {
  const name = nameOf(statement);
  const targets = targetsOf(statement);
  return name === undefined || targets === undefined ? [] : [[name, targets]];
}

function targetsOf(statement: ts.Statement): string[] | undefined {
  if (ts.isTypeAliasDeclaration(statement)) {
    const { type } = statement;
    return ts.isTypeReferenceNode(type) ? [type.typeName.getText()] : undefined;
  }
  if (ts.isVariableStatement(statement)) {
    const { type } = statement.declarationList.declarations[0];
    return type && ts.isTypeQueryNode(type) ? [type.exprName.getText()] : undefined;
  }
  if (!ts.isModuleDeclaration(statement) || !statement.body) return undefined;
  const body = statement.body as ts.ModuleBlock;
  const clauses = body.statements.map((inner) => (inner as ts.ExportDeclaration).exportClause);
  return clauses.flatMap((clause) =>
    clause && ts.isNamedExports(clause)
      ? clause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
      : []
  );
}

function problemsAt(node: ts.Node, internal: ReadonlySet<string>): string[] {
  if (ts.isImportDeclaration(node) || ts.isImportTypeNode(node)) {
    return [`${node.getText()}: is imported from elsewhere`];
  }
  if (ts.isConstructorDeclaration(node)) return constructorProblems(node);
  if (ts.isClassElement(node) || ts.isTypeElement(node)) return memberProblems(node);
  const type = mentioned(node);
  return type !== undefined && internal.has(type)
    ? [`${type}: is mentioned by ${ownerOf(node)}, and its module does not export it`]
    : [];
}

/** The name of the type that a node mentions. */
function mentioned(node: ts.Node): string | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName.getText();
  if (ts.isTypeQueryNode(node)) return node.exprName.getText();
  return ts.isExpressionWithTypeArguments(node) ? node.expression.getText() : undefined;
}

function constructorProblems(node: ts.ConstructorDeclaration): string[] {
  const wrong = node.parameters.filter(({ type }) => type === undefined || nameless.has(type.kind));
  return wrong.map(({ name }) =>
    `${ownerOf(node)}: its constructor's "${name.getText()}" is nameless`
  );
}

function memberProblems(node: ts.ClassElement | ts.TypeElement): string[] {
  const name = node.name?.getText() ?? "";
  const isInside = inside.test(docOf(node)) || /^_/.test(name);
  return isInside ? [`${ownerOf(node)}: its "${name}" is for this library only`] : [];
}

function ownerOf(node: ts.Node): string {
  const statement = ts.findAncestor(node, ({ parent }) => parent && ts.isSourceFile(parent));
  return statement && nameOf(statement as ts.Statement) || "something";
}

/** Links of the documentation whose reader would find nothing: neither a public name nor a member of one. */
function deadLinks(file: ts.SourceFile, isPublic: (name: string) => boolean): string[] {
  const members = new Set<string>();
  const linked: string[] = [];
  walk(file, (node) => {
    const name = (ts.isClassElement(node) || ts.isTypeElement(node)) && node.name?.getText();
    if (name) members.add(name);
    linked.push(...[...docOf(node).matchAll(/\{@link(?:code)?\s+(\w+)/g)].map(([, word]) => word));
  });
  const dead = linked.filter((name) => !isPublic(name) && !members.has(name));
  return dead.map((name) => `${name}: is linked to, and not exported`);
}

/** The documentation of a declaration. What stands before it is a module's, which a bundler leaves there. */
function docOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return comments.at(-1)?.getText() ?? "";
}
