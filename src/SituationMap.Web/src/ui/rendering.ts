import { options } from 'preact';

// what a signal says is on the page when its setter returns: focus can go there, and what lies there can be measured
options.debounceRendering = (render) => render();
