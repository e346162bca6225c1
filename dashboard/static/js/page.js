// What a drawing takes from the page it stands on. The program, which draws without a page, puts its own in place of these.
export const page = {
  lang: () => document.body.dataset.lang,
  // the value of a CSS variable of the theme
  variable: (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim(),
};
