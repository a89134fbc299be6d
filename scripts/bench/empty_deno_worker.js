// Tells that it ran, and ends: see bare.ts.
self.postMessage(0);
self.close();
