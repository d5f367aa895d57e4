import { byId } from './dom.js';

/**
 * Connects a tab list (ARIA's tabs pattern): arrow keys move between the tabs, and the address's fragment names the panel or
 * anything inside it. `onShow` runs whenever a panel appears.
 */
export function initTabs(tabList, onShow) {
  const tabs = [...tabList.querySelectorAll('[role="tab"]')];
  const panelOf = (tab) => byId(tab.getAttribute('aria-controls'));

  const show = (tab) => {
    for (const each of tabs) {
      const isShown = each === tab;
      each.setAttribute('aria-selected', isShown);
      each.tabIndex = isShown ? 0 : -1;
      panelOf(each).hidden = !isShown;
    }
    onShow(panelOf(tab).id);
  };

  const showAddressed = () => {
    const panel = byId(decodeURIComponent(location.hash.slice(1)))?.closest('[role="tabpanel"]');
    show(tabs.find((tab) => panelOf(tab) === panel) ?? tabs[0]);
  };

  const open = (tab) => {
    if (tab.getAttribute('aria-selected') === 'true') return;
    // Unlike a link, this does not scroll.
    history.pushState(null, '', `#${panelOf(tab).id}`);
    show(tab);
  };

  tabList.addEventListener('click', (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(tab);
  });
  tabList.addEventListener('keydown', (event) => {
    const current = tabs.indexOf(event.target);
    const target = {
      ArrowRight: tabs[(current + 1) % tabs.length],
      ArrowLeft: tabs.at(current - 1),
      Home: tabs[0],
      End: tabs.at(-1),
      ' ': tabs[current],
    }[event.key];
    if (!target) return;
    event.preventDefault();
    target.focus();
    open(target);
  });
  addEventListener('popstate', showAddressed);
  showAddressed();
}
