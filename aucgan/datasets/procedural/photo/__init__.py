"""How a person is photographed: light, hair, clothes, things in front, lens and sensor."""
