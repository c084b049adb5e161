import { useState } from 'react';
import { usePanel } from '../panel-context.js';
import { CopyButton } from '../ui/copy-button.js';
import { Tabs } from '../ui/tabs.js';
import type { Call } from './send.js';
import { curl, reactQuery, typescript } from './snippets.js';

type Language = 'curl' | 'typescript' | 'react';

const Code = ({ text }: { readonly text: string }) => (
  <>
    <CopyButton label="Copy" text={text} />
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard */}
    <pre className="raw" tabIndex={0}>
      {text}
    </pre>
  </>
);

/** The same call as code. Secrets are named, not shown. */
export const CodeView = ({ call }: { readonly call: Call }) => {
  const { settings, endpoint, secrets, hasToken } = usePanel();
  const [language, setLanguage] = useState<Language>('curl');
  const absolute = { ...endpoint, url: new URL(endpoint.url, document.baseURI).href };
  return (
    <details>
      <summary>Code of this call</summary>
      <Tabs
        label="Languages"
        current={language}
        onChange={setLanguage}
        tabs={[
          { name: 'curl', label: 'curl', content: <Code text={curl(call, absolute, secrets, hasToken)} /> },
          {
            name: 'typescript',
            label: 'TypeScript',
            content: <Code text={typescript(call, absolute, secrets, settings.client)} />,
          },
          { name: 'react', label: 'React Query', content: <Code text={reactQuery(call, secrets, settings.client)} /> },
        ]}
      />
    </details>
  );
};
