declare module 'virtual:palette.css';
declare module 'virtual:resident-palette.css';
