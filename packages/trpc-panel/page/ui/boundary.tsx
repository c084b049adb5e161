import { Component, type ReactNode } from 'react';

interface State {
  readonly failure: Error | undefined;
}

/** Keeps the rest of the page when a part of it breaks. */
export class Boundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { failure: undefined };

  static getDerivedStateFromError(failure: Error): State {
    return { failure };
  }

  override render() {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return (
      <div className="error" role="alert">
        <p>
          <strong>This part of the panel broke:</strong> {failure.message}
        </p>
        <button type="button" onClick={() => this.setState({ failure: undefined })}>
          Try again
        </button>
      </div>
    );
  }
}
