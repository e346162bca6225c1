// The parts of CodeMirror that the page of statements uses.
export { EditorState, Compartment } from "@codemirror/state";
export { EditorView, keymap, lineNumbers, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, drawSelection, placeholder } from "@codemirror/view";
export { history, historyKeymap, defaultKeymap } from "@codemirror/commands";
export { autocompletion, completionKeymap, completionStatus, closeBrackets, closeBracketsKeymap, startCompletion, snippetCompletion } from "@codemirror/autocomplete";
export { HighlightStyle, syntaxHighlighting, bracketMatching, indentOnInput, LanguageSupport } from "@codemirror/language";
export { setDiagnostics, lintGutter } from "@codemirror/lint";
export { searchKeymap, highlightSelectionMatches } from "@codemirror/search";
export { SQLDialect } from "@codemirror/lang-sql";
export { tags } from "@lezer/highlight";
