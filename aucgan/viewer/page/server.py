"""The viewer as a server, for several visitors at once."""

from __future__ import annotations

import threading

import viser

from aucgan.viewer.face_maker import FaceMaker
from aucgan.viewer.page.face_scene import CAMERA, FIELD, UP
from aucgan.viewer.page.visitor import Visitor
from aucgan.viewer.person import Person

TITLE = "AUcGAN"


class ViewerServer:
    """Serves the page until it is stopped.

    Args:
        maker: Makes people of photos.
        person: Whom visitors see first; default the mean head.
        host: Address to listen at; ``127.0.0.1``: this machine alone.
        port: Port; the next free one where it is taken.
    """

    def __init__(
        self, maker: FaceMaker, person: Person | None = None, host: str = "127.0.0.1", port: int = 8080
    ) -> None:
        self.visitors: dict[int, Visitor] = {}
        self._maker, self._person, self._lock = maker, person or maker.mean, threading.Lock()
        self._server = viser.ViserServer(host=host, port=port, label=TITLE, verbose=False)
        scene = self._server.scene
        scene.world_axes.visible = False
        scene.configure_default_lights(enabled=False)
        scene.configure_environment_map(None)  # it would light the head beside the lamp, and is slow without a GPU
        start = self._server.initial_camera
        start.up, start.position, start.look_at, start.fov = UP, CAMERA, (0.0, 0.0, 0.0), FIELD
        self._server.on_client_connect(self._come)
        self._server.on_client_disconnect(self._go)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{self._server.get_host()}:{self._server.get_port()}"

    def run(self) -> None:
        """Serve until the process is interrupted."""
        self._server.sleep_forever()

    def stop(self) -> None:
        """End all visits and the server."""
        with self._lock:
            visitors, self.visitors = list(self.visitors.values()), {}
        for visitor in visitors:
            visitor.leave()
        self._server.stop()

    def _come(self, client: viser.ClientHandle) -> None:
        visitor = Visitor(client, self._maker, self._person)
        with self._lock:
            self.visitors[client.client_id] = visitor
        visitor.begin()

    def _go(self, client: viser.ClientHandle) -> None:
        with self._lock:
            visitor = self.visitors.pop(client.client_id, None)
        if visitor is not None:
            visitor.leave()
