/// <reference lib="dom" />

/** Escape hides the message that a mark shows, until the mark is pointed at or focused anew (WCAG 1.4.13). */
export function dismissAtEscape(): void {
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    for (const item of document.querySelectorAll('.told li')) {
      if (item.matches(':hover, :focus-within')) dismiss(item);
    }
  });
}

function dismiss(item: Element): void {
  const renew = new AbortController();
  item.classList.add('dismissed');
  for (const type of ['mouseleave', 'focusout']) {
    item.addEventListener(
      type,
      () => {
        item.classList.remove('dismissed');
        renew.abort();
      },
      { signal: renew.signal },
    );
  }
}
