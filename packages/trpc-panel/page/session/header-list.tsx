import type { Header } from './use-session.js';

interface HeaderListProps {
  readonly headers: readonly Header[];
  onChange(headers: readonly Header[]): void;
}

/** Headers that go with every call, each of which can be switched off. */
export const HeaderList = ({ headers, onChange }: HeaderListProps) => {
  const set = (at: number, changed: Partial<Header>) =>
    onChange(headers.map((header, index) => (index === at ? { ...header, ...changed } : header)));
  return (
    <>
      {headers.map(({ name, value, isOn }, index) => (
        <div key={index} className="row">
          <input
            type="checkbox"
            aria-label={`Send header ${index + 1}`}
            checked={isOn}
            onChange={({ target }) => set(index, { isOn: target.checked })}
          />
          <input
            type="text"
            aria-label={`Name of header ${index + 1}`}
            placeholder="x-tenant"
            value={name}
            onChange={({ target }) => set(index, { name: target.value.trim() })}
          />
          <input
            type="text"
            aria-label={`Value of header ${index + 1}`}
            value={value}
            onChange={({ target }) => set(index, { value: target.value })}
          />
          <button
            type="button"
            className="quiet"
            aria-label={`Remove header ${index + 1}`}
            onClick={() => onChange(headers.filter((_, at) => at !== index))}
          >
            ✕
          </button>
        </div>
      ))}
      <button type="button" className="add" onClick={() => onChange([...headers, { name: '', value: '', isOn: true }])}>
        + header
      </button>
    </>
  );
};
