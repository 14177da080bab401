// examples/course/slides.js — keys: → space PageDown on, ← PageUp back, Home first, End last
document.addEventListener('keydown', event => {
    const slides = Array.from(document.querySelectorAll('section'));
    const here = slides.findIndex(slide => slide.getBoundingClientRect().bottom > innerHeight / 2);
    const last = slides.length - 1;
    const to = {ArrowRight: here + 1, ' ': here + 1, PageDown: here + 1, ArrowLeft: here - 1, PageUp: here - 1, Home: 0, End: last}[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const slide = slides[Math.max(0, Math.min(to, last))];
    slide.scrollIntoView();
    history.replaceState(null, '', '#' + slide.id);
});
