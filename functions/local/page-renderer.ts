/** Loading what draws the page takes a quarter of a second, which nobody should wait for who only wants to read the usage. */
export async function pageRenderer() {
  const { renderPage } = await import('../backtest/page/render-page.ts');
  return renderPage;
}
