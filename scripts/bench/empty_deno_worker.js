// Tells that it ran, and ends: see bare_children.ts.
self.postMessage(0);
self.close();
