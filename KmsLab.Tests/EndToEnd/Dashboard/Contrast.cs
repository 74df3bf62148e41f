namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>Measures contrast as WCAG 2.2 defines it, of each text that is drawn, against the colours that lie under it.</summary>
/// <remarks>https://www.w3.org/TR/WCAG22/#contrast-minimum</remarks>
internal static class Contrast
{
    public const string Script = """
        () => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const parse = css => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = css;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            return { r, g, b, a: a / 255 };
          };
          const over = (top, under) => ({
            r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1
          });
          const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
          const luminance = c => 0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b);
          const ground = element => {
            const layers = [];
            for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
            return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
          };
          const faint = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement, text = node.textContent.trim();
            if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest('script, noscript, option, .hidden, :disabled')) continue;
            const style = getComputedStyle(element);
            const under = ground(element), ink = over(parse(element instanceof SVGElement ? style.fill : style.color), under);
            const [low, high] = [luminance(under), luminance(ink)].sort((a, b) => a - b);
            const ratio = (high + 0.05) / (low + 0.05), size = parseFloat(style.fontSize);
            const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
            if (ratio < (isLarge ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)} to 1: "${text.slice(0, 60)}" in ${element.tagName.toLowerCase()}.${element.className.baseVal ?? element.className}`);
          }
          return faint;
        }
        """;
}
