import { allExpanded, collapseAllNested, JsonView } from 'react-json-view-lite';
import { isObject } from '../schema/resolve.js';

const MAX_TEXT = 2_000;
const SMALL = 4_000;

const names = {
  container: 'tree',
  basicChildStyle: 'tree-child',
  label: 'tree-name',
  clickableLabel: 'tree-name clickable',
  nullValue: 'tree-null',
  undefinedValue: 'tree-null',
  numberValue: 'tree-value',
  stringValue: 'tree-text',
  booleanValue: 'tree-value',
  otherValue: 'tree-value',
  punctuation: 'tree-mark',
  expandIcon: 'tree-icon expand',
  collapseIcon: 'tree-icon collapse',
  collapsedContent: 'tree-more',
  childFieldsContainer: 'tree-children',
  noQuotesForStringValues: false,
  quotesForFieldNames: false,
  ariaLables: { collapseJson: 'collapse', expandJson: 'expand' },
};

const shortened = (value: unknown): unknown => {
  if (typeof value === 'string' && value.length > MAX_TEXT)
    return `${value.slice(0, 80)}… (${value.length} characters)`;
  if (Array.isArray(value)) return value.map(shortened);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shortened(child)]))
    : value;
};

/** A result that opens and closes. */
export const Tree = ({ value }: { readonly value: unknown }) => {
  if (value === undefined) return <p className="muted">Nothing was answered: the procedure has no result.</p>;
  if (!isObject(value) && !Array.isArray(value)) return <pre className="raw">{JSON.stringify(value)}</pre>;
  const isSmall = JSON.stringify(value).length < SMALL;
  return (
    <JsonView
      data={shortened(value) as object}
      shouldExpandNode={isSmall ? allExpanded : collapseAllNested}
      clickToExpandNode
      style={names}
    />
  );
};
